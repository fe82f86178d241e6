//! What the frame around content lets it do.
//!
//! The frame has no `sandbox`, though only a sandbox keeps content from `top.location = …`, which puts it in the place of the player
//! page. There is none that forbids this alone: in Chromium it also stops links from one frame of the content to the next
//! (`<a target="main">` in the menu of a frameset), `parent.location`, `top.close()` in a window of its own, and every PDF in a
//! frame. Each of them is how real content works. So the launch frame takes the ways to the top that can be taken, links and
//! `window.open`, within the content's frame (`player/src/frame/upward.ts`). Who is taken away all the same loses nothing: what
//! the content said is sent as the page goes, and the way back in the browser leads to the activity as it was left.

/// The features of the browser that content may use, as the `allow` of its frames; what is not named is refused to a frame of
/// another origin (Permissions Policy 4.9).
///
/// What courses of the usual authoring tools ask for: films that fill the screen, begin by themselves, go on in a small window or
/// are protected, something copied to the clipboard (Rise, H5P), scenes that turn with the device (360° pictures of Storyline and
/// Captivate, H5P Virtual Tour), a screen that stays lit during a film. Not camera, microphone and place: the browser asks for
/// them in the name of the whole service, and would not ask again for the next content.
pub const ALLOWED: &str = "fullscreen; autoplay; clipboard-write; encrypted-media; picture-in-picture; accelerometer; \
    gyroscope; screen-wake-lock";
