//! What is stored instead of the key of a private room.

use aws_lc_rs::digest::{Digest, SHA256, digest};

use crate::chat::{RoomName, Secret};

/// What is stored instead of a key, so that one that is used elsewhere too does not lie about.
/// It has one length whatever the key's, and is another one in every room.
pub(super) fn seal(room: &RoomName, key: &Secret) -> Digest {
    let mut sealed = zeroize::Zeroizing::new(room.as_str().to_ascii_lowercase().into_bytes());
    sealed.push(0);
    sealed.extend_from_slice(key.expose());
    digest(&SHA256, &sealed)
}
