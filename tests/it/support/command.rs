//! The `preau` command, run as an operator would: a process of its own beside the server under test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::TestApp;

/// A server in a process of its own.
pub struct Served {
    pub address: SocketAddr,
    child: tokio::process::Child,
    log: PathBuf,
}

impl Served {
    /// The most memory it has used until now, in bytes.
    pub fn most_memory(&self) -> u64 {
        let id = self.child.id().expect("the server runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("the server runs");
        let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the most it used");
        mark.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
    }

    /// Ends it and answers what it logged.
    pub async fn log(mut self) -> String {
        self.child.kill().await.expect("the server ends");
        std::fs::read_to_string(&self.log).expect("a log")
    }
}

/// What a command said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The one JSON object of a command that went well.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, 0, "{}", self.err);
        assert_eq!(self.out.lines().count(), 1, "one object: {}", self.out);
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("not JSON: {}", self.out))
    }

    /// The one line of a command that failed.
    #[track_caller]
    pub fn fault(&self) -> &str {
        assert_eq!(self.code, 1, "{} {}", self.out, self.err);
        assert_eq!(self.err.lines().count(), 1, "one line: {}", self.err);
        self.err.trim_end()
    }
}

impl TestApp {
    /// Runs `preau` with `arguments` on this application's database and files.
    pub async fn command(&self, arguments: &[&str]) -> Said {
        self.command_with(arguments, "", &[]).await
    }

    /// Starts a further server on this application's database and files, with its log at `level`. It reads the machine's clock.
    pub async fn serve(&self, level: &str) -> Served {
        self.serve_from(Path::new(env!("CARGO_BIN_EXE_preau")), level).await
    }

    /// As [`TestApp::serve`], by a program that lies elsewhere.
    pub async fn serve_from(&self, program: &Path, level: &str) -> Served {
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = port.local_addr().expect("a bound address");
        drop(port);
        let log = self.folder.path().join(format!("{level}.log"));
        let config = &self.app.config;
        let child = tokio::process::Command::new(program)
            .arg("serve")
            .env("PREAU_LISTEN", address.to_string())
            .env("PREAU_DATABASE_URL", config.database_url())
            .env("PREAU_DATA_DIR", &config.data_dir)
            .env("PREAU_PUBLIC_URL", config.public_url.as_str())
            .env("PREAU_CONTENT_URL", config.content_url.as_str())
            .env("PREAU_LOG", level)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&log).expect("a file"))
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        for _ in 0..600 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Served { address, child, log };
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not listen: {}", std::fs::read_to_string(&log).unwrap_or_default());
    }

    /// The same with a text on standard input and further variables.
    pub async fn command_with(&self, arguments: &[&str], input: &str, variables: &[(&str, &str)]) -> Said {
        let config = &self.app.config;
        let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_preau"))
            .args(arguments)
            .env("PREAU_DATABASE_URL", config.database_url())
            .env("PREAU_DATA_DIR", &config.data_dir)
            .env("PREAU_PUBLIC_URL", config.public_url.as_str())
            .env("PREAU_CONTENT_URL", config.content_url.as_str())
            .env("PREAU_LOG", "error")
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the command starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A command that reads nothing may be gone already.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let output = child.wait_with_output().await.expect("the command ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Said { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}
