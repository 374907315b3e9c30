//! The certificates of one's account.

use super::play::{answered, play};

#[test]
fn they_are_listed_added_and_removed() {
    let one = "ab".repeat(32);
    let spelled = ["AB"; 32].join(":");
    let (add, remove) = (
        format!("> CERT ADD {spelled}"),
        format!("> CERT REMOVE {one}"),
    );
    let (added, removed) = (
        format!("* Certificates(Add({one}))"),
        format!("* Certificates(Remove({one}))"),
    );
    let known = format!("! certificates {one}");
    let told = format!("< NOTICE anna :Your account is proven by the certificate {one}");
    play(
        "standard-replies",
        &[
            &add,
            &added,
            &known,
            &told,
            "< NOTICE anna :Certificates of your account: 1",
            "> CERT",
            "* Certificates(List)",
            &known,
            &told,
            "< NOTICE anna :Certificates of your account: 1",
            &remove,
            &removed,
            "! certificates",
            "< NOTICE anna :Certificates of your account: 0",
            &add,
            &added,
            "! certificate-taken",
            "< FAIL CERT REFUSED :That is the certificate of another account",
        ],
    );
}

#[test]
fn what_names_none_is_told() {
    let usage = "FAIL CERT INVALID_PARAMS :CERT LIST, ADD [<fingerprint>] or REMOVE <fingerprint>";
    for line in [
        "CERT DANCE",
        "CERT REMOVE",
        "CERT ADD xyz",
        "CERT REMOVE xyz",
    ] {
        assert_eq!(answered(line), [usage], "{line}");
    }
    let none = "FAIL CERT INVALID_PARAMS :Your client has shown no certificate";
    assert_eq!(answered("CERT ADD"), [none]);
}
