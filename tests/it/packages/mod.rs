//! Importing, reading, serving and deleting packages, and everything that can be wrong with an upload.

mod findings;
mod imports;
mod leftovers;
mod media;
mod memory;
mod replacing;
mod serving;
mod structures;
mod xapi;
mod zipped_again;

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use preau::core::{PackageId, PersonId, VersionId};
use preau::identity::Role;
use preau::{on_db, packages};
use reqwest::Method;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::both_databases;
use crate::support::learning::{place, wave, zip};
use crate::support::{Answer, Database, TestApp};

const MANIFEST: &str = "<?xml version='1.0' encoding='UTF-8'?><manifest identifier='M' \
    xmlns='http://www.imsproject.org/xsd/imscp_rootv1p1p2' xmlns:adlcp='http://www.adlnet.org/xsd/adlcp_rootv1p2'>\
    <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>\
    <organizations default='O'><organization identifier='O'><title>Sécurité routière</title>\
    <item identifier='I' identifierref='R'><title>Le départ</title></item></organization></organizations>\
    <resources><resource identifier='R' type='webcontent' adlcp:scormtype='sco' href='index.html'>\
    <file href='index.html'/></resource></resources></manifest>";

/// A course of one page, with more files.
pub fn course(more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut files: Vec<(&str, &[u8])> =
        vec![("imsmanifest.xml", MANIFEST.as_bytes()), ("index.html", "<p>Départ</p>".as_bytes())];
    files.extend(more);
    zip(&files)
}

async fn post(app: &TestApp, name: &str, body: Vec<u8>) -> Answer {
    let program = app.token(&["packages/write"]).await;
    program.post_bytes(&format!("/api/v1/packages?filename={name}"), "application/octet-stream", body).await
}

/// Files below the data folder that belong to packages: uploads being received, and blobs.
fn files_on_disk(app: &TestApp) -> Vec<PathBuf> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { collect(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    for folder in ["tmp", "blobs"] {
        collect(&app.folder.path().join(folder), &mut found);
    }
    found
}

async fn rows(app: &TestApp) -> i64 {
    const COUNT: &str = "SELECT (SELECT COUNT(*) FROM package) + (SELECT COUNT(*) FROM package_version) \
        + (SELECT COUNT(*) FROM package_file) + (SELECT COUNT(*) FROM course) + (SELECT COUNT(*) FROM activity)";
    let mut tx = app.app.db.read().await.unwrap();
    on_db!(tx, c => sqlx::query_scalar(COUNT).fetch_one(c).await).unwrap()
}

/// The upload is refused with this code first among the findings, in plain words, and leaves nothing.
#[track_caller]
fn refused(answer: &Answer, code: &str) {
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.text());
    assert!(answer.header("content-type").unwrap().starts_with("application/problem+json"));
    let problem = answer.json();
    assert_eq!(problem["code"], "package-refused");
    let first = &problem["findings"][0];
    assert_eq!((first["severity"].as_str(), first["code"].as_str()), (Some("error"), Some(code)), "{problem}");
    let message = first["message"].as_str().unwrap();
    assert!(message.split_whitespace().count() > 4, "no sentence: {message}");
    assert!(!message.contains("finding-"), "no words for {code}");
}

/// Every finding's code.
fn codes(report: &serde_json::Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

fn zip_of_zeros(mebibytes: usize) -> Vec<u8> {
    let mut writer = ZipWriter::new_append(Cursor::new(course(&[]))).unwrap();
    writer.start_file("zeros.bin", SimpleFileOptions::DEFAULT.large_file(true)).unwrap();
    let piece = vec![0; 1 << 20];
    for _ in 0..mebibytes {
        writer.write_all(&piece).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The text in the encoding that Windows tools write.
fn utf16(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_le_bytes)).collect()
}
