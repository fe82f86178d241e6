//! Works on one media file for the server: `preau-media FILE POSTER` answers JSON and writes the poster; `preau-media FILE
//! TARGET POSTER` makes the form every browser plays, and says how far it is in lines of JSON; without arguments it names
//! the libraries it works with.
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
        [file, target, poster] => {
            preau::media::transcode(Path::new(file), Path::new(target), Path::new(poster))?;
        }
        _ => anyhow::bail!("usage: preau-media [FILE [TARGET] POSTER]"),
    }
    Ok(())
}
