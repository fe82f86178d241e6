//! A client of HTTP/1.1 that costs the machine next to nothing: requests are bytes, one connection each, kept open.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a request was answered.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header, named in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

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

    /// Sends any request: `head` is its own lines, each with its end.
    pub async fn ask(&mut self, method: &str, path: &str, head: &str, body: &str) -> anyhow::Result<Answer> {
        let length = body.len();
        let request = format!("{method} {path} HTTP/1.1\r\n{head}Content-Length: {length}\r\n\r\n{body}");
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await
    }

    /// Stores statements; the answer must be good.
    pub async fn post(&mut self, body: &str) -> anyhow::Result<()> {
        let length = body.len();
        let request = format!("POST /xapi/statements HTTP/1.1\r\n{}Content-Length: {length}\r\n\r\n{body}", self.head);
        self.stream.write_all(request.as_bytes()).await?;
        let answer = self.answer().await?;
        ensure!(answer.status == 200, "{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        Ok(())
    }

    /// Reads an address; the answer must be good.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Vec<u8>> {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.head);
        self.stream.write_all(request.as_bytes()).await?;
        let answer = self.answer().await?;
        ensure!(answer.status == 200, "{path} answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        Ok(answer.body)
    }

    async fn answer(&mut self) -> anyhow::Result<Answer> {
        self.buffer.clear();
        let end = loop {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server hung up");
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status")?;
        let mut answer = Answer { status, head, body: Vec::new() };
        let length = answer.header("content-length").and_then(|length| length.trim().parse().ok());
        let length: usize = length.context("no Content-Length")?;
        while self.buffer.len() < end + length {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server hung up");
        }
        answer.body = self.buffer[end..end + length].to_vec();
        Ok(answer)
    }
}
