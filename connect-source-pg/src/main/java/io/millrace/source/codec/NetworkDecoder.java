package io.millrace.source.codec;

import java.nio.charset.StandardCharsets;

/** inet, cidr and macaddr as the text that Postgres shows. */
enum NetworkDecoder implements ValueDecoder {
    ADDRESS {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            if (length != 8 && length != 20) {
                throw new Malformed("8 or 20 bytes expected");
            }
            int size = length - 4;
            int bits = buffer[offset + 1] & 0xFF;
            boolean network = buffer[offset + 2] != 0;
            if (buffer[offset] != (size == 4 ? IPV4 : IPV6) || buffer[offset + 3] != size || bits > size * 8) {
                throw new Malformed("family and length of the address do not fit");
            }
            StringBuilder text = new StringBuilder(48);
            if (size == 4) {
                dotted(text, buffer, offset + 4);
            } else {
                ipv6(text, buffer, offset + 4);
            }
            if (network || bits != size * 8) {
                text.append('/').append(bits);
            }
            return text.toString();
        }
    },
    HARDWARE {
        @Override
        public Object binary(byte[] buffer, int offset, int length) {
            if (length != 6 && length != 8) {
                throw new Malformed("6 or 8 bytes expected");
            }
            StringBuilder text = new StringBuilder(24);
            for (int i = 0; i < length; i++) {
                if (i > 0) {
                    text.append(':');
                }
                int value = buffer[offset + i];
                text.append(Character.forDigit(value >> 4 & 15, 16)).append(Character.forDigit(value & 15, 16));
            }
            return text.toString();
        }
    };

    private static final int IPV4 = 2;
    private static final int IPV6 = 3;

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return new String(buffer, offset, length, StandardCharsets.ISO_8859_1);
    }

    private static void dotted(StringBuilder text, byte[] buffer, int offset) {
        for (int i = 0; i < 4; i++) {
            if (i > 0) {
                text.append('.');
            }
            text.append(buffer[offset + i] & 0xFF);
        }
    }

    /** The longest run of two or more zero words becomes {@code ::}; embedded IPv4 addresses are dotted, as inet_net_ntop has it. */
    private static void ipv6(StringBuilder text, byte[] buffer, int offset) {
        int best = -1;
        int longest = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && word(buffer, offset, i + run) == 0) {
                run++;
            }
            if (run > longest) {
                best = i;
                longest = run;
            }
            i += Math.max(run - 1, 0);
        }
        for (int i = 0; i < 8; i++) {
            if (best >= 0 && i >= best && i < best + longest) {
                if (i == best) {
                    text.append(':');
                }
                continue;
            }
            if (i > 0) {
                text.append(':');
            }
            boolean embedded = longest == 6
                    || (longest == 7 && word(buffer, offset, 7) != 1)
                    || (longest == 5 && word(buffer, offset, 5) == 0xFFFF);
            if (i == 6 && best == 0 && embedded) {
                dotted(text, buffer, offset + 12);
                return;
            }
            text.append(Integer.toHexString(word(buffer, offset, i)));
        }
        if (best >= 0 && best + longest == 8) {
            text.append(':');
        }
    }

    private static int word(byte[] buffer, int offset, int index) {
        return BigEndian.int16(buffer, offset + 2 * index) & 0xFFFF;
    }
}
