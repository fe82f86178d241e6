# Content written in Préau: pages, documents, links
error-content-unknown = This content does not exist, or no longer does.
error-content-kind-unknown = There is no such kind of content.
error-content-too-large = This content is too large: { $limit } KiB at most.
error-draft-changed = { $name ->
    [""] This content was saved elsewhere in the meantime.
   *[other] { $name } saved this content in the meantime.
} Your text has replaced nothing.
error-asset-unknown = This file is no longer in the content.
