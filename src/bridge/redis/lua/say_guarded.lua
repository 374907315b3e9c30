    local met = conditions_of(string.lower(ARGV[9]), known[6])
    if string.find(known[6], 'b', 1, true) then met = met .. kept_quiet(room, ARGV[7]) end
    local why = denied('say', met, call('HGET', room .. K.ranks, user))
    if why then refused = 'refused\n-\n\n' .. why .. '\n' .. (known[1] or ARGV[9]) end
  end
end
