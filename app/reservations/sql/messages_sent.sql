UPDATE messages SET sent_at = $2 WHERE message_id = ANY ($1::bigint[]) AND sent_at IS NULL
