//! Measures Préau at the size of a large organisation.
//!
//! `fill` writes an organisation straight into an empty database: people in units, programmes, enrolments with their
//! progress, courses and registrations. `measure` opens the application on it and asks for pages, without a network in
//! between, and prints how long the server took. `lrs` fills and measures a Learning Record Store through a server in a
//! process of its own, and beside it what the database alone can do (`script/bench lrs`). `commits` does the same with the
//! commits of learners who are all in SCORM content at once (`script/bench commits`).

mod commits;
mod fill;
mod lrs;
mod measure;
mod raw;
mod server;
mod wire;

use clap::{Parser, Subcommand};
use preau::config::Config;
use preau::core::Clock;
use preau::state::App;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Fills an empty database.
    Fill(fill::Size),
    /// Prints the times of pages.
    Measure(measure::Effort),
    /// Fills a store and prints its rates and times.
    Lrs(lrs::Store),
    /// Opens content for many learners and prints how their commits are taken.
    Commits(commits::Commits),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match arguments.what {
        What::Fill(size) => fill::fill(&open().await?, &size).await,
        What::Measure(effort) => measure::measure(&open().await?, &effort).await,
        What::Lrs(store) => lrs::store(&store).await,
        What::Commits(commits) => commits::commits(&commits).await,
    }
}

/// Database and data folder come from PREAU_DATABASE_URL and PREAU_DATA_DIR, as for the server.
async fn open() -> anyhow::Result<App> {
    preau::app::open(Config::load(None)?, Clock::system()).await
}
