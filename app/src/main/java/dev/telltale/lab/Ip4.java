package dev.telltale.lab;

/** An IPv4 address of the lab's network. Nothing of the machine's own network is in it. */
record Ip4(int bits) {
    static Ip4 of(String dotted) {
        String[] parts = dotted.split("\\.", -1);
        if (parts.length != 4) throw new IllegalArgumentException(dotted + " is no IPv4 address");
        int bits = 0;
        for (String part : parts) {
            int octet = Integer.parseInt(part);
            if (octet < 0 || octet > 255) {
                throw new IllegalArgumentException(dotted + " is no IPv4 address");
            }
            bits = (bits << 8) | octet;
        }
        return new Ip4(bits);
    }

    @Override
    public String toString() {
        return (bits >>> 24)
                + "."
                + (bits >>> 16 & 255)
                + "."
                + (bits >>> 8 & 255)
                + "."
                + (bits & 255);
    }

    /** One end of a conversation on the lab's network. */
    record Port(Ip4 ip, int port) {}
}
