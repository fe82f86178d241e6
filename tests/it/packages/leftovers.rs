//! An import that does not come to its end leaves nothing.

use super::*;

both_databases! {
    async fn leftovers_of_a_killed_import_are_swept(app: TestApp) {
        let kept = post(&app, "x.zip", course(&[])).await.expect(201).json();
        let before = files_on_disk(&app);
        let dead = VersionId::new();
        let spool = app.folder.path().join("tmp");
        std::fs::write(spool.join(format!("{dead}.upload")), b"half").unwrap();
        std::fs::write(spool.join(format!("{dead}.part")), b"half").unwrap();
        app.app.blobs.put(&format!("packages/{dead}/upload"), "orphan").await.unwrap();
        packages::sweep(&app.app).await.unwrap();
        assert_eq!(files_on_disk(&app), before);
        assert_eq!(kept["kind"], "scorm12");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_leaves_nothing_and_a_living_one_is_left_alone() {
    let app = TestApp::start(Database::Sqlite).await;
    let package = app.folder.path().join("package.zip");
    std::fs::write(&package, course(&[("data.bin", &vec![7; 64 << 20])])).unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_preau"))
        .arg("import")
        .args(vec![&package; 50])
        .env("PREAU_DATA_DIR", app.folder.path())
        .env("PREAU_DATABASE_URL", &app.app.config.database_url)
        .env("PREAU_LOG", "error")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let spooled = || files_on_disk(&app).iter().any(|path| path.extension().is_some_and(|ending| ending == "upload"));
    while !spooled() {
        assert!(child.try_wait().unwrap().is_none(), "the command ended before it could be killed");
        std::thread::yield_now();
    }
    packages::sweep(&app.app).await.unwrap();
    // Stop it wherever it is; fifty imports take long enough to be met in the middle of one.
    while !spooled() {
        assert!(child.try_wait().unwrap().is_none(), "the sweep took a file from a living import");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    packages::sweep(&app.app).await.unwrap();
    assert!(!spooled());
    // A file that had no name yet is left for a minute.
    let nameless = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "new");
    // What was committed stays whole; nothing else is there.
    const VERSIONS: &str = "SELECT COUNT(*) FROM package_version";
    let mut tx = app.app.db.read().await.unwrap();
    let versions: i64 = on_db!(tx, c => sqlx::query_scalar(VERSIONS).fetch_one(c).await).unwrap();
    assert_eq!(files_on_disk(&app).iter().filter(|path| !nameless(path)).count() as i64, versions);
}
