//! The `preau` command: the server and what an operator does beside it, on the same database.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use preau::config::Config;
use preau::core::{Clock, Language};
use preau::identity::{NewAccount, Role, Scope};
use preau::state::App;
use preau::web::Words;
use preau::{api_doc, check, demo, identity, jobs, lrs, packages, programmes, progress};
use serde_json::{Value, json};
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
    Serve {
        /// Fill an empty database with the demo organisation and the sample courses.
        #[arg(long)]
        demo: bool,
        /// Where the built samples are (folders packages/ and media/).
        #[arg(long, value_name = "DIR", default_value = "build")]
        demo_content: PathBuf,
    },
    /// Import packages (zip, cmi5.xml, video, audio) and say what was noticed.
    Import {
        /// The files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// People who sign in.
    #[command(subcommand)]
    User(UserCommand),
    /// Bearer tokens of programs that call the REST interface.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Credentials of tools that read or write the learning records (/xapi/).
    #[command(subcommand)]
    LrsCredential(LrsCredentialCommand),
    /// The statements of the learning records.
    #[command(subcommand)]
    Statements(StatementsCommand),
    /// Make the progress of every learner again from the statements.
    Rebuild,
    /// Check the configuration, the database, the data folder and the media libraries.
    Check,
    /// Print the description of the REST interface (OpenAPI).
    Openapi,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Add somebody. Without --password-stdin a password is made and printed.
    Add {
        /// What they sign in with.
        #[arg(long)]
        login: String,
        /// Their name as it is shown.
        #[arg(long)]
        name: String,
        /// learner, trainer, manager, hr or administrator; may be given several times.
        #[arg(long = "role", value_name = "ROLE", default_value = "learner")]
        roles: Vec<String>,
        /// Where they work, such as "Direction des routes/Service entretien"; created when absent.
        #[arg(long, value_name = "PATH")]
        org_unit: Option<String>,
        /// Read the password from the first line of the standard input.
        #[arg(long)]
        password_stdin: bool,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a token. It is printed once; the server keeps only its digest.
    Create {
        /// What the program is called.
        #[arg(long)]
        name: String,
        /// packages/write, packages/read, launches/write, enrolments/write, enrolments/read, registrations/read, registrations/write,
        /// spaces/write, xapi-profiles or all; for /xapi/, exports and imports those of `lrs-credential create`. May be given several times.
        #[arg(long = "scope", value_name = "SCOPE", required = true, num_args = 1..)]
        scopes: Vec<String>,
    },
}

#[derive(Subcommand)]
enum LrsCredentialCommand {
    /// Make a key and its secret. The secret is printed once; the server keeps only its digest.
    Create {
        /// What the tool is called; it vouches for its statements under this name.
        #[arg(long)]
        name: String,
        /// statements/write, statements/read/mine, statements/read, state, profile, define, all/read or all; may be given
        /// several times.
        #[arg(long = "scope", value_name = "SCOPE", required = true, num_args = 1..)]
        scopes: Vec<String>,
    },
}

#[derive(Subcommand)]
enum StatementsCommand {
    /// Bring in statements of another store: a file with one a line (NDJSON). What is here already is passed over; an import
    /// that was interrupted goes on where it was when the same file is given again.
    Import {
        /// The file.
        file: PathBuf,
    },
}

/// What a command has to say: for people, and as JSON.
struct Said {
    text: String,
    json: Value,
    fine: bool,
}

impl Said {
    fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json, fine: true }
    }
}

/// Threads do not wait for each other where they ask for memory: glibc's takes a third of a loaded server's processor time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// For how long memory that was freed is kept, in milliseconds. The allocator's own second would keep what a few large
/// requests took one after the other.
const KEPT_FREED: std::ffi::c_long = 10;

/// The allocator's `purge_delay`, which its bindings do not name: it stands before `use_numa_nodes`.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = libmimalloc_sys::mi_option_use_numa_nodes - 1;

/// Has the allocators keep little of what is freed. To be called before there is a second thread.
fn keep_memory_small() {
    // SAFETY: sets a number of the allocator.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, KEPT_FREED) }
    // What is written in C, SQLite above all, asks glibc, which would have eight shares of memory for each processor that rest
    // in turn. One thread writes; those that read ask for little.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: sets a number of the allocator, under its own lock.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1)
    };
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    keep_memory_small();
    start(cli)
}

#[tokio::main]
async fn start(cli: Cli) -> ExitCode {
    let as_json = cli.json;
    match run(cli).await {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(said)) => {
            if as_json {
                println!("{}", said.json);
            } else {
                println!("{}", said.text);
            }
            if said.fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("preau: {}", in_one_line(&error));
            if as_json {
                let code = error.downcast_ref::<preau::core::Error>().map_or("failed", |own| own.code);
                println!("{}", json!({"code": code, "title": in_one_line(&error)}));
            }
            ExitCode::FAILURE
        }
    }
}

/// Our own failures in words, whatever else with its causes; never more than a line.
fn in_one_line(error: &anyhow::Error) -> String {
    let told = error.downcast_ref::<preau::core::Error>().and_then(|own| {
        let sentence = Words::of(Language::En).error(own.code, &own.args)?;
        let cause = own.source.as_ref().map(|cause| format!(" [{cause:#}]")).unwrap_or_default();
        Some(format!("{sentence} ({}){cause}", own.code))
    });
    told.unwrap_or_else(|| format!("{error:#}")).replace('\n', " ")
}

async fn run(cli: Cli) -> anyhow::Result<Option<Said>> {
    // The description needs neither configuration nor database.
    if matches!(cli.command, Command::Openapi) {
        let document = serde_json::to_value(api_doc::document())?;
        return Ok(Some(Said::new(serde_json::to_string_pretty(&document)?, document)));
    }
    let config = Config::load(cli.config.as_deref())?;
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(&config.log).context("configuration: log")?)
        .with_writer(std::io::stderr)
        .init();
    if matches!(cli.command, Command::Check) {
        let report = check::run(config).await;
        return Ok(Some(Said {
            text: report.to_string(),
            fine: report.is_fine(),
            json: serde_json::to_value(&report)?,
        }));
    }
    let app = preau::app::open(config, Clock::system()).await?;
    let said = match cli.command {
        Command::Serve { demo, demo_content } => {
            if demo {
                println!("{}", demo::load(&app, preau::app::router, &demo_content).await?);
            }
            serve(&app).await?;
            None
        }
        Command::Import { files } => {
            let imported = packages::import_files(&app, &files, cli.json).await?;
            Some(Said { text: imported.text, json: imported.json, fine: imported.all })
        }
        Command::User(UserCommand::Add { login, name, roles, org_unit, password_stdin }) => {
            let roles = roles.iter().map(|role| role.parse::<Role>()).collect::<Result<Vec<_>, _>>();
            let given = if password_stdin { Some(password_from_stdin()?) } else { None };
            let roles = roles.map_err(anyhow::Error::msg)?;
            Some(add_user(&app, NewAccount { login, name, roles, org_unit, password: given }).await?)
        }
        Command::Token(TokenCommand::Create { name, scopes }) => {
            let scopes = scopes.iter().map(|scope| scope.parse::<Scope>()).collect::<Result<Vec<_>, _>>();
            let mut tx = app.db.begin().await?;
            let scopes = scopes.map_err(anyhow::Error::msg)?;
            let (id, token) = identity::create_token(&mut tx, &name, &scopes, app.clock.now()).await?;
            tx.commit().await?;
            Some(Said::new(
                format!("{token}\nKeep it now: it will not be shown again."),
                json!({"id": id, "token": token}),
            ))
        }
        Command::LrsCredential(LrsCredentialCommand::Create { name, scopes }) => {
            let scopes = scopes.iter().map(|scope| scope.parse()).collect::<Result<Vec<lrs::Scope>, _>>()?;
            let mut tx = app.db.begin().await?;
            let made = lrs::create_credential(&mut tx, &name, &scopes, app.clock.now()).await?;
            tx.commit().await?;
            let text =
                format!("key: {}\nsecret: {}\nKeep the secret now: it will not be shown again.", made.key, made.secret);
            Some(Said::new(text, serde_json::to_value(&made)?))
        }
        Command::Statements(StatementsCommand::Import { file }) => Some(import_statements(&app, &file).await?),
        Command::Rebuild => {
            let done = progress::rebuild(&app).await?;
            let enrolments = programmes::rebuild(&app).await?;
            let text = format!(
                "{} statements, {} registrations, {enrolments} enrolments",
                done.statements, done.registrations
            );
            let mut answer = serde_json::to_value(done)?;
            answer["enrolments"] = enrolments.into();
            Some(Said::new(text, answer))
        }
        Command::Check | Command::Openapi => None,
    };
    app.db.close().await;
    Ok(said)
}

/// Tells on a terminal how far it is, and in the end which lines were not taken.
async fn import_statements(app: &App, file: &Path) -> anyhow::Result<Said> {
    let is_watched = std::io::stderr().is_terminal();
    let told = |share: f64, lines: i64| {
        if is_watched {
            eprint!("\r{:3.0} %  {lines} lines", share * 100.0);
        }
    };
    let outcome = lrs::import_file(app, file, told).await;
    if is_watched {
        eprintln!();
    }
    let report = lrs::ImportReport::of(&mut app.db.read().await?, outcome?).await?;
    let mut text = format!(
        "{} lines: {} statements added, {} here already, {} refused",
        report.lines, report.added, report.known, report.refused
    );
    for problem in &report.problems {
        text += &format!("\nline {}: {} ({})", problem.line, problem.detail, problem.code);
    }
    Ok(Said { text, fine: report.refused == 0, json: serde_json::to_value(report)? })
}

async fn add_user(app: &App, new: NewAccount) -> anyhow::Result<Said> {
    let is_given = new.password.is_some();
    let added = identity::add_account(app, new).await?;
    let mut answer = json!({"id": added.person.id, "login": added.login});
    if is_given {
        return Ok(Said::new(format!("{} can sign in as {}.", added.person.name, added.login), answer));
    }
    answer["password"] = added.password.as_str().into();
    let text = format!(
        "{} can sign in as {} with the password {}\nIt will not be shown again.",
        added.person.name, added.login, added.password
    );
    Ok(Said::new(text, answer))
}

fn password_from_stdin() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("cannot read the password from the standard input")?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    anyhow::ensure!(!password.is_empty(), "the password on the standard input is empty");
    Ok(password)
}

/// Serves until the process is asked to stop, then lets the requests under way finish.
async fn serve(app: &App) -> anyhow::Result<()> {
    packages::sweep(app).await?;
    let address = app.config.listen;
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    tokio::spawn(preau::app::keep_swept(app.clone()));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = tokio::spawn(jobs::work(app.clone(), preau::app::jobs(), async move { drop(stopped.await) }));
    let sending = tokio::spawn(preau::webhooks::run(app.clone()));
    println!("Préau: {}", app.config.public_url);
    let service = preau::app::router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(asked_to_stop()).await?;
    drop(stop);
    // What was on its way and not recorded is sent again by the next process.
    sending.abort();
    worker.await.context("the worker")?;
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
