//! As what the server shows itself to IRC clients.

/// As what the server is known: the same on all nodes, for people see no nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The name of the server.
    pub server: String,
    /// The name of the network.
    pub network: String,
    /// What the server is for, in a few words.
    pub description: String,
    /// The program and its version, one word.
    pub version: String,
    /// Since when the server runs, for people.
    pub created: String,
    /// Whether people come in who have no account.
    pub guests: Guests,
    /// Whether people make accounts themselves.
    pub accounts: Accounts,
    /// Whether a password of the node is asked for.
    pub door: Door,
}

/// Whether all who come in show a password of the node, whoever they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// They do not.
    Open,
    /// They do, by `PASS`.
    Locked,
}

/// Whether people make accounts themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accounts {
    /// Whoever comes.
    Open,
    /// The operator alone makes them.
    Closed,
}

/// Whether people come in who have no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guests {
    /// They do, and nobody keeps their nicks for them.
    Welcome,
    /// They do not.
    TurnedAway,
}
