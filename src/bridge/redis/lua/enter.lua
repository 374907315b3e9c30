-- Into a room, and out of none.
return go_in()
