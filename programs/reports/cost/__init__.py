"""What poor service costs a year. Pure: inputs in, ranges out; no ORM, no clock, no number of its own."""
