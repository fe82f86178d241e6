//! Examines one media file for the server: `preau-media FILE POSTER` answers JSON and writes the poster; without arguments
//! it names the libraries it decodes with.
//!
//! A program of its own because decoders meet hostile files, and because their libraries are as large in memory as the whole
//! of the server, which needs none of them itself.

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [] => println!("{}", preau::media::decoders()),
        [file, poster] => {
            let media = preau::media::probe(Path::new(file), Path::new(poster))?;
            println!("{}", serde_json::to_string(&media)?);
        }
        _ => anyhow::bail!("usage: preau-media [FILE POSTER]"),
    }
    Ok(())
}
