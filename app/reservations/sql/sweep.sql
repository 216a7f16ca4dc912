SELECT freed, served FROM sweep_1($1, $2, $3)
