module serin/pause

go 1.24.0
