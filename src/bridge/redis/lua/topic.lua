return {'ok', known[1], known[3]}
