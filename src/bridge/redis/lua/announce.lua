-- Something for all who want to hear such things. ARGV: 9 the text (JSON).
if not append('"type":"announced","by":"' .. ARGV[7] .. '","text":' .. ARGV[9], now) then
  return 'epoch\n-\n'
end
return answer('ok')
