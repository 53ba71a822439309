// Compiles, links and runs where ThreadSanitizer is installed.
int main() { return 0; }
