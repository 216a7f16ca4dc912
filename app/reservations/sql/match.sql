SELECT match_1($1, $2, $3)
