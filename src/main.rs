//! The `preau` command: the server and what an operator does beside it, on the same database.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand};
use preau::config::Config;
use preau::core::Clock;
use preau::state::App;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// Préau, the training service of an organisation's intranet.
#[derive(Parser)]
#[command(
    version,
    about,
    after_help = "Every command reads the same configuration: default values, then --config \
    FILE, then PREAU_* variables.\nThe commands work while the server runs."
)]
struct Cli {
    /// Configuration file (TOML); see src/config/default.toml for every value and its meaning.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print the answer as one JSON object.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server.
    Serve,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let config = Config::load(cli.config.as_deref())?;
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&config.log).context("configuration: log")?)
        .with_writer(std::io::stderr)
        .init();
    let app = App::open(config, Clock::system()).await?;
    match cli.command {
        Command::Serve => serve(app).await,
    }
}

/// Serves until the process is asked to stop, then lets the requests under way finish.
async fn serve(app: App) -> anyhow::Result<()> {
    let address = app.config.listen;
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    println!("Préau: {}", app.config.public_url);
    axum::serve(listener, preau::app::router(&app)).with_graceful_shutdown(asked_to_stop()).await?;
    app.db.close().await;
    Ok(())
}

async fn asked_to_stop() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
