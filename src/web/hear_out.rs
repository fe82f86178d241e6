//! A refused body is read to its end, within reason.
//!
//! Most clients send the whole body before they read an answer. A server that answers early (too large, no right, wrong type)
//! and closes resets their connection, and the answer is lost: a person sees "network error" instead of the reason. RFC 9112
//! section 9.6 asks for a lingering close; hyper lingers as long as somebody still reads the body.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{Stream, StreamExt};

/// Who goes on sending after so many bytes does not get to read the answer.
const MOST_BYTES: usize = 256 << 20;
/// Nor who takes longer.
const LONGEST: Duration = Duration::from_secs(30);

/// Reads on, beside the answer, what a handler left of the request's body.
pub async fn hear_out(request: Request, next: Next) -> Response {
    // Who expects to be asked for the body reads the answer first.
    if request.body().is_end_stream() || request.headers().contains_key(header::EXPECT) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let heard = Body::from_stream(HeardOut { left: Some(body.into_data_stream()) });
    next.run(Request::from_parts(parts, heard)).await
}

/// A body that is drained when it is dropped before its end.
struct HeardOut {
    /// `None` after the end.
    left: Option<BodyDataStream>,
}

impl Stream for HeardOut {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.left else { return Poll::Ready(None) };
        let item = body.poll_next_unpin(context);
        if matches!(item, Poll::Ready(None | Some(Err(_)))) {
            self.left = None;
        }
        item
    }
}

impl Drop for HeardOut {
    fn drop(&mut self) {
        let Some(left) = self.left.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(LONGEST, drain(left)));
        }
    }
}

async fn drain(mut body: BodyDataStream) {
    let mut bytes = 0;
    while let Some(Ok(piece)) = body.next().await {
        bytes += piece.len();
        if bytes > MOST_BYTES {
            return;
        }
    }
}
