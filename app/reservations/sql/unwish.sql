SELECT unwish_1($1, $2, $3)
