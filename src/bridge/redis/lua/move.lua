-- Out of one room and into another, at once.
if not leave(from, me, ARGV[7], '') then return 'epoch\n-\n' end
return go_in()
