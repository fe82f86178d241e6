//! The real server, in a process of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use sqlx::Connection;
use tokio::process::{Child, Command};

/// `preau serve` on one database.
pub struct Server {
    pub address: SocketAddr,
    /// What stands behind `Basic`.
    pub authorization: String,
    child: Child,
}

/// Where the server under measure is, and on what.
#[derive(clap::Args)]
pub struct Where {
    /// The server's program, a release build.
    #[arg(long)]
    server: PathBuf,
    /// An empty folder for databases and files.
    #[arg(long)]
    pub folder: PathBuf,
    /// A PostgreSQL server that lets us create databases; SQLite without.
    #[arg(long)]
    pub postgres: Option<String>,
}

impl Where {
    /// The program on a database of its own; on PostgreSQL it is made, under this name.
    pub async fn install(&self, name: &str) -> anyhow::Result<Installation> {
        let database = match &self.postgres {
            Some(url) => {
                let mut admin = sqlx::PgConnection::connect(url).await?;
                // A name of ours, in our own program.
                sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await?;
                let mut url: url::Url = url.parse()?;
                url.set_path(name);
                url.to_string()
            }
            None => sqlite_at(&self.folder),
        };
        Ok(Installation { program: self.server.clone(), folder: self.folder.clone(), database })
    }
}

/// The program, its data folder and its database.
pub struct Installation {
    pub program: PathBuf,
    pub folder: PathBuf,
    pub database: String,
}

impl Installation {
    fn command(&self, address: SocketAddr) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env("PREAU_LISTEN", address.to_string())
            .env("PREAU_PUBLIC_URL", format!("http://{}", host(APPLICATION, address)))
            .env("PREAU_CONTENT_URL", format!("http://{}", host(CONTENT, address)))
            .env("PREAU_DATABASE_URL", &self.database)
            .env("PREAU_DATA_DIR", &self.folder)
            .env("PREAU_LOG", "warn")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs a command of the program; what it answers.
    pub async fn command_line(&self, address: SocketAddr, arguments: &[&str]) -> anyhow::Result<serde_json::Value> {
        let command = self.command(address).arg("--json").args(arguments).output().await;
        let made = command.with_context(|| format!("cannot run {}", self.program.display()))?;
        anyhow::ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Ok(serde_json::from_slice(&made.stdout)?)
    }

    /// Starts it with a credential that may do everything.
    pub async fn serve(&self) -> anyhow::Result<Server> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?;
        let address = port.local_addr()?;
        drop(port);
        let create = ["lrs-credential", "create", "--name", "Mesure", "--scope", "all"];
        let credential = self.command_line(address, &create).await?;
        let text = |name: &str| credential[name].as_str().unwrap_or_default().to_owned();
        let authorization = preau::lrs::Credential { key: text("key"), secret: text("secret") }.basic();
        let child = self.command(address).arg("serve").stdout(Stdio::null()).spawn()?;
        for _ in 0..600 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(Server { address, authorization, child });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::bail!("the server does not listen")
    }
}

impl Server {
    /// Memory now and at most, in MB.
    pub fn memory(&self) -> (f64, f64) {
        let status = self.child.id().map(|id| PathBuf::from(format!("/proc/{id}/status")));
        let status = status.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        let told = |field: &str| {
            let line = status.lines().find(|line| line.starts_with(field)).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok()).unwrap_or_default() / 1024.0
        };
        (told("VmRSS:"), told("VmHWM:"))
    }

    /// Asks it to end, and waits until it has.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().context("the server has ended already")?;
        Command::new("kill").arg(id.to_string()).status().await?;
        self.child.wait().await?;
        Ok(())
    }
}

/// The two names the server answers under.
pub const APPLICATION: &str = "preau.localhost";
pub const CONTENT: &str = "content.preau.localhost";

/// One of its names, as a request has it.
pub fn host(name: &str, address: SocketAddr) -> String {
    format!("{name}:{}", address.port())
}

/// The file of a SQLite address.
fn sqlite_at(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("preau.db").display())
}
