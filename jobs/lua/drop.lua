-- Acknowledges and deletes an entry. Returns 0 if another consumer owns it.
-- KEYS: 1 the entry's stream. ARGV: 1 entry id, 2 consumer.
if not owned() then return 0 end
acknowledge()
return 1
