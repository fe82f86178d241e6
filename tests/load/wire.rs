//! A client of HTTP/1.1 that costs the machine next to nothing: requests are bytes, one connection each, kept open.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection to the server.
pub struct Wire {
    stream: TcpStream,
    head: String,
    buffer: Vec<u8>,
}

impl Wire {
    /// Connects; every request carries `authorization`.
    pub async fn open(address: SocketAddr, authorization: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "Host: {address}\r\nAuthorization: Basic {authorization}\r\nX-Experience-API-Version: 1.0.3\r\n\
             Content-Type: application/json\r\n"
        );
        Ok(Self { stream, head, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Stores statements; the answer must be good.
    pub async fn post(&mut self, body: &str) -> anyhow::Result<()> {
        let length = body.len();
        let request = format!("POST /xapi/statements HTTP/1.1\r\n{}Content-Length: {length}\r\n\r\n{body}", self.head);
        self.stream.write_all(request.as_bytes()).await?;
        let (status, answer) = self.answer().await?;
        ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(&answer));
        Ok(())
    }

    /// Reads an address; the answer must be good.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Vec<u8>> {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.head);
        self.stream.write_all(request.as_bytes()).await?;
        let (status, answer) = self.answer().await?;
        ensure!(status == 200, "{path} answered {status}: {}", String::from_utf8_lossy(&answer));
        Ok(answer)
    }

    async fn answer(&mut self) -> anyhow::Result<(u16, Vec<u8>)> {
        self.buffer.clear();
        let end = loop {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server hung up");
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|length| length.trim().parse().ok()).context("no Content-Length")?;
        while self.buffer.len() < end + length {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server hung up");
        }
        Ok((status, self.buffer[end..end + length].to_vec()))
    }
}
