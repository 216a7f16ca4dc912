-- $1 opening, $2 who, $3 epoch. Ends the lease before its time, so that another need not wait for it.
UPDATE admission SET lease_until = '-infinity' WHERE opening = $1 AND leader = $2 AND epoch = $3
