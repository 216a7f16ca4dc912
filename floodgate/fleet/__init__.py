"""An Auto Scaling group in time, made of `floodgate.awsrules`; what-if and rehearsal play the same one."""
