//! Measures Préau at the size of a large organisation.
//!
//! `fill` writes an organisation straight into an empty database: people in units, programmes, enrolments with their
//! progress, courses and registrations. `measure` opens the application on it and asks for pages, without a network in
//! between, and prints how long the server took.

mod fill;
mod measure;

use clap::{Parser, Subcommand};
use preau::config::Config;
use preau::core::Clock;

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
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    // Database and data folder come from PREAU_DATABASE_URL and PREAU_DATA_DIR, as for the server.
    let app = preau::app::open(Config::load(None)?, Clock::system()).await?;
    match arguments.what {
        What::Fill(size) => fill::fill(&app, &size).await,
        What::Measure(effort) => measure::measure(&app, &effort).await,
    }
}
