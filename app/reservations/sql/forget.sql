SELECT forget_1($1, $2)
