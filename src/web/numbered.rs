//! Lists in pages with numbers: which one is asked for, and the ways to those beside it.

use serde::Deserialize;

/// The number of a page in the address of a list; the first is 0.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Numbered {
    #[serde(default)]
    page: u32,
}

impl Numbered {
    /// Rows before this page, where each has `size`.
    pub fn offset(self, size: i64) -> i64 {
        i64::from(self.page) * size
    }

    /// The addresses of the pages before and after, each empty where there is none. `rows` were asked for with one more than the
    /// page shows; that one goes. `here` is the address of the list.
    pub fn around<T>(self, rows: &mut Vec<T>, size: i64, here: &str) -> (String, String) {
        let size = usize::try_from(size).unwrap_or_default();
        let more = rows.len() > size;
        rows.truncate(size);
        let address = |page: u32| format!("{here}?page={page}");
        let next = if more { address(self.page.saturating_add(1)) } else { String::new() };
        (self.page.checked_sub(1).map(address).unwrap_or_default(), next)
    }
}
