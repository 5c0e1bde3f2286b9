@main struct Vouchbird { static func main() {} }
