@main struct CRS { static func main() { print("crs") } }
