-- Who somebody is, without the nick: as registered, and as a key.
local function plain(spelled) return string.match(spelled, '^[^/]*') end
local function id(spelled) return string.lower(plain(spelled)) end
local function is_guest(user) return string.sub(user, 1, 1) == '~' end
