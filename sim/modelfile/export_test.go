package modelfile

// NotKept is what Save makes of an error of the file system.
var NotKept = notKept
