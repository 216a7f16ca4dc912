SELECT paused, share, announcement::text AS announcement, providers_closed FROM controls WHERE opening = $1
