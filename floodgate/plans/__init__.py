"""Plans in a folder: what the AWS CLI prints about a group, saved and read again."""
