"""The people who run an opening: sign-in, actions, and the record of what they did."""
