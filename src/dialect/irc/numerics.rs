//! The numbers by which a server answers: one table of code, name and specification.

/// The type, and its table.
macro_rules! numerics {
    ($($numeric:ident = $code:literal, $name:literal, $specification:expr;)*) => {
        /// What a numeric says; on the wire it is the three digits of [`Numeric::code`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Numeric {
            $(
                #[doc = concat!("`", $name, "`: <", $specification, ">.")]
                $numeric,
            )*
        }

        /// Every numeric, by its code.
        pub const NUMERICS: &[Numeric] = &[$(Numeric::$numeric,)*];

        impl Numeric {
            /// Its number.
            #[must_use]
            pub const fn code(self) -> u16 {
                match self {
                    $(Self::$numeric => $code,)*
                }
            }

            /// Its name in the specifications.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$numeric => $name,)*
                }
            }

            /// Where it is specified.
            #[must_use]
            pub const fn specification(self) -> &'static str {
                match self {
                    $(Self::$numeric => $specification,)*
                }
            }
        }
    };
}

numerics! {
    Welcome = 1, "RPL_WELCOME", modern!("rplwelcome-001");
    YourHost = 2, "RPL_YOURHOST", modern!("rplyourhost-002");
    Created = 3, "RPL_CREATED", modern!("rplcreated-003");
    MyInfo = 4, "RPL_MYINFO", modern!("rplmyinfo-004");
    ISupport = 5, "RPL_ISUPPORT", modern!("rplisupport-005");
    Bounce = 10, "RPL_BOUNCE", modern!("rplbounce-010");
    UserModeIs = 221, "RPL_UMODEIS", modern!("rplumodeis-221");
    LuserClient = 251, "RPL_LUSERCLIENT", modern!("rplluserclient-251");
    LuserOp = 252, "RPL_LUSEROP", modern!("rplluserop-252");
    LuserUnknown = 253, "RPL_LUSERUNKNOWN", modern!("rplluserunknown-253");
    LuserChannels = 254, "RPL_LUSERCHANNELS", modern!("rplluserchannels-254");
    LuserMe = 255, "RPL_LUSERME", modern!("rplluserme-255");
    AdminMe = 256, "RPL_ADMINME", modern!("rpladminme-256");
    AdminLoc1 = 257, "RPL_ADMINLOC1", modern!("rpladminloc1-257");
    AdminLoc2 = 258, "RPL_ADMINLOC2", modern!("rpladminloc2-258");
    AdminEmail = 259, "RPL_ADMINEMAIL", modern!("rpladminemail-259");
    TryAgain = 263, "RPL_TRYAGAIN", modern!("rpltryagain-263");
    LocalUsers = 265, "RPL_LOCALUSERS", modern!("rpllocalusers-265");
    GlobalUsers = 266, "RPL_GLOBALUSERS", modern!("rplglobalusers-266");
    WhoisCertFp = 276, "RPL_WHOISCERTFP", modern!("rplwhoiscertfp-276");
    Away = 301, "RPL_AWAY", modern!("rplaway-301");
    UserHost = 302, "RPL_USERHOST", modern!("rpluserhost-302");
    IsOn = 303, "RPL_ISON", modern!("rplison-303");
    UnAway = 305, "RPL_UNAWAY", modern!("rplunaway-305");
    NowAway = 306, "RPL_NOWAWAY", modern!("rplnowaway-306");
    WhoisRegNick = 307, "RPL_WHOISREGNICK", modern!("rplwhoisregnick-307");
    WhoisUser = 311, "RPL_WHOISUSER", modern!("rplwhoisuser-311");
    WhoisServer = 312, "RPL_WHOISSERVER", modern!("rplwhoisserver-312");
    WhoisOperator = 313, "RPL_WHOISOPERATOR", modern!("rplwhoisoperator-313");
    WhowasUser = 314, "RPL_WHOWASUSER", modern!("rplwhowasuser-314");
    EndOfWho = 315, "RPL_ENDOFWHO", modern!("rplendofwho-315");
    WhoisIdle = 317, "RPL_WHOISIDLE", modern!("rplwhoisidle-317");
    EndOfWhois = 318, "RPL_ENDOFWHOIS", modern!("rplendofwhois-318");
    WhoisChannels = 319, "RPL_WHOISCHANNELS", modern!("rplwhoischannels-319");
    WhoisSpecial = 320, "RPL_WHOISSPECIAL", modern!("rplwhoisspecial-320");
    ListStart = 321, "RPL_LISTSTART", modern!("rplliststart-321");
    List = 322, "RPL_LIST", modern!("rpllist-322");
    ListEnd = 323, "RPL_LISTEND", modern!("rpllistend-323");
    ChannelModeIs = 324, "RPL_CHANNELMODEIS", modern!("rplchannelmodeis-324");
    CreationTime = 329, "RPL_CREATIONTIME", modern!("rplcreationtime-329");
    WhoisAccount = 330, "RPL_WHOISACCOUNT", modern!("rplwhoisaccount-330");
    NoTopic = 331, "RPL_NOTOPIC", modern!("rplnotopic-331");
    Topic = 332, "RPL_TOPIC", modern!("rpltopic-332");
    TopicWhoTime = 333, "RPL_TOPICWHOTIME", modern!("rpltopicwhotime-333");
    WhoisBot = 335, "RPL_WHOISBOT", ircv3!("bot-mode");
    InviteList = 336, "RPL_INVITELIST", modern!("rplinvitelist-336");
    EndOfInviteList = 337, "RPL_ENDOFINVITELIST", modern!("rplendofinvitelist-337");
    WhoisActually = 338, "RPL_WHOISACTUALLY", modern!("rplwhoisactually-338");
    Inviting = 341, "RPL_INVITING", modern!("rplinviting-341");
    InvexList = 346, "RPL_INVEXLIST", modern!("rplinvexlist-346");
    EndOfInvexList = 347, "RPL_ENDOFINVEXLIST", modern!("rplendofinvexlist-347");
    ExceptList = 348, "RPL_EXCEPTLIST", modern!("rplexceptlist-348");
    EndOfExceptList = 349, "RPL_ENDOFEXCEPTLIST", modern!("rplendofexceptlist-349");
    Version = 351, "RPL_VERSION", modern!("rplversion-351");
    WhoReply = 352, "RPL_WHOREPLY", modern!("rplwhoreply-352");
    NamReply = 353, "RPL_NAMREPLY", modern!("rplnamreply-353");
    WhoSpcRpl = 354, "RPL_WHOSPCRPL", ircv3!("whox");
    Links = 364, "RPL_LINKS", modern!("rpllinks-364");
    EndOfLinks = 365, "RPL_ENDOFLINKS", modern!("rplendoflinks-365");
    EndOfNames = 366, "RPL_ENDOFNAMES", modern!("rplendofnames-366");
    BanList = 367, "RPL_BANLIST", modern!("rplbanlist-367");
    EndOfBanList = 368, "RPL_ENDOFBANLIST", modern!("rplendofbanlist-368");
    EndOfWhowas = 369, "RPL_ENDOFWHOWAS", modern!("rplendofwhowas-369");
    Info = 371, "RPL_INFO", modern!("rplinfo-371");
    Motd = 372, "RPL_MOTD", modern!("rplmotd-372");
    EndOfInfo = 374, "RPL_ENDOFINFO", modern!("rplendofinfo-374");
    MotdStart = 375, "RPL_MOTDSTART", modern!("rplmotdstart-375");
    EndOfMotd = 376, "RPL_ENDOFMOTD", modern!("rplendofmotd-376");
    WhoisHost = 378, "RPL_WHOISHOST", modern!("rplwhoishost-378");
    WhoisModes = 379, "RPL_WHOISMODES", modern!("rplwhoismodes-379");
    YoureOper = 381, "RPL_YOUREOPER", modern!("rplyoureoper-381");
    Rehashing = 382, "RPL_REHASHING", modern!("rplrehashing-382");
    Time = 391, "RPL_TIME", modern!("rpltime-391");
    VisibleHost = 396, "RPL_VISIBLEHOST", ircv3!("chghost");
    UnknownError = 400, "ERR_UNKNOWNERROR", modern!("errunknownerror-400");
    NoSuchNick = 401, "ERR_NOSUCHNICK", modern!("errnosuchnick-401");
    NoSuchServer = 402, "ERR_NOSUCHSERVER", modern!("errnosuchserver-402");
    NoSuchChannel = 403, "ERR_NOSUCHCHANNEL", modern!("errnosuchchannel-403");
    CannotSendToChan = 404, "ERR_CANNOTSENDTOCHAN", modern!("errcannotsendtochan-404");
    TooManyChannels = 405, "ERR_TOOMANYCHANNELS", modern!("errtoomanychannels-405");
    WasNoSuchNick = 406, "ERR_WASNOSUCHNICK", modern!("errwasnosuchnick-406");
    NoOrigin = 409, "ERR_NOORIGIN", modern!("errnoorigin-409");
    InvalidCapCmd = 410, "ERR_INVALIDCAPCMD", ircv3!("capability-negotiation");
    NoRecipient = 411, "ERR_NORECIPIENT", modern!("errnorecipient-411");
    NoTextToSend = 412, "ERR_NOTEXTTOSEND", modern!("errnotexttosend-412");
    InputTooLong = 417, "ERR_INPUTTOOLONG", modern!("errinputtoolong-417");
    UnknownCommand = 421, "ERR_UNKNOWNCOMMAND", modern!("errunknowncommand-421");
    NoMotd = 422, "ERR_NOMOTD", modern!("errnomotd-422");
    NoNicknameGiven = 431, "ERR_NONICKNAMEGIVEN", modern!("errnonicknamegiven-431");
    ErroneusNickname = 432, "ERR_ERRONEUSNICKNAME", modern!("errerroneusnickname-432");
    NicknameInUse = 433, "ERR_NICKNAMEINUSE", modern!("errnicknameinuse-433");
    NickCollision = 436, "ERR_NICKCOLLISION", modern!("errnickcollision-436");
    UnavailableResource = 437, "ERR_UNAVAILRESOURCE", rfc2812!("section-5.2");
    UserNotInChannel = 441, "ERR_USERNOTINCHANNEL", modern!("errusernotinchannel-441");
    NotOnChannel = 442, "ERR_NOTONCHANNEL", modern!("errnotonchannel-442");
    UserOnChannel = 443, "ERR_USERONCHANNEL", modern!("erruseronchannel-443");
    NotRegistered = 451, "ERR_NOTREGISTERED", modern!("errnotregistered-451");
    NeedMoreParams = 461, "ERR_NEEDMOREPARAMS", modern!("errneedmoreparams-461");
    AlreadyRegistered = 462, "ERR_ALREADYREGISTERED", modern!("erralreadyregistered-462");
    PasswdMismatch = 464, "ERR_PASSWDMISMATCH", modern!("errpasswdmismatch-464");
    YoureBannedCreep = 465, "ERR_YOUREBANNEDCREEP", modern!("erryourebannedcreep-465");
    ChannelIsFull = 471, "ERR_CHANNELISFULL", modern!("errchannelisfull-471");
    UnknownMode = 472, "ERR_UNKNOWNMODE", modern!("errunknownmode-472");
    InviteOnlyChan = 473, "ERR_INVITEONLYCHAN", modern!("errinviteonlychan-473");
    BannedFromChan = 474, "ERR_BANNEDFROMCHAN", modern!("errbannedfromchan-474");
    BadChannelKey = 475, "ERR_BADCHANNELKEY", modern!("errbadchannelkey-475");
    BadChanMask = 476, "ERR_BADCHANMASK", modern!("errbadchanmask-476");
    NoPrivileges = 481, "ERR_NOPRIVILEGES", modern!("errnoprivileges-481");
    ChanOPrivsNeeded = 482, "ERR_CHANOPRIVSNEEDED", modern!("errchanoprivsneeded-482");
    NoOperHost = 491, "ERR_NOOPERHOST", modern!("errnooperhost-491");
    UserModeUnknownFlag = 501, "ERR_UMODEUNKNOWNFLAG", modern!("errumodeunknownflag-501");
    UsersDontMatch = 502, "ERR_USERSDONTMATCH", modern!("errusersdontmatch-502");
    HelpNotFound = 524, "ERR_HELPNOTFOUND", modern!("errhelpnotfound-524");
    InvalidKey = 525, "ERR_INVALIDKEY", modern!("errinvalidkey-525");
    WhoisSecure = 671, "RPL_WHOISSECURE", modern!("rplwhoissecure-671");
    InvalidModeParam = 696, "ERR_INVALIDMODEPARAM", modern!("errinvalidmodeparam-696");
    HelpStart = 704, "RPL_HELPSTART", modern!("rplhelpstart-704");
    HelpTxt = 705, "RPL_HELPTXT", modern!("rplhelptxt-705");
    EndOfHelp = 706, "RPL_ENDOFHELP", modern!("rplendofhelp-706");
    MonOnline = 730, "RPL_MONONLINE", ircv3!("monitor");
    MonOffline = 731, "RPL_MONOFFLINE", ircv3!("monitor");
    MonList = 732, "RPL_MONLIST", ircv3!("monitor");
    EndOfMonList = 733, "RPL_ENDOFMONLIST", ircv3!("monitor");
    MonListFull = 734, "ERR_MONLISTFULL", ircv3!("monitor");
    LoggedIn = 900, "RPL_LOGGEDIN", ircv3!("sasl-3.1");
    LoggedOut = 901, "RPL_LOGGEDOUT", ircv3!("sasl-3.1");
    NickLocked = 902, "ERR_NICKLOCKED", ircv3!("sasl-3.1");
    SaslSuccess = 903, "RPL_SASLSUCCESS", ircv3!("sasl-3.1");
    SaslFail = 904, "ERR_SASLFAIL", ircv3!("sasl-3.1");
    SaslTooLong = 905, "ERR_SASLTOOLONG", ircv3!("sasl-3.1");
    SaslAborted = 906, "ERR_SASLABORTED", ircv3!("sasl-3.1");
    SaslAlready = 907, "ERR_SASLALREADY", ircv3!("sasl-3.1");
    SaslMechs = 908, "RPL_SASLMECHS", ircv3!("sasl-3.1");
}
