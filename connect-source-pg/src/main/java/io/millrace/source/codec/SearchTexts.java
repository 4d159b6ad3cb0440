package io.millrace.source.codec;

/**
 * The types of full text search as Postgres writes them.
 *
 * @see <a href="https://www.postgresql.org/docs/current/datatype-textsearch.html">Text Search Types</a>
 */
enum SearchTexts implements TextForm {
    /** Lexemes, each ended by a zero byte, with positions of 14 bits behind a weight of two. */
    TSVECTOR {
        @Override
        public void append(byte[] buffer, int offset, int length, StringBuilder text) {
            Parts parts = new Parts(buffer, offset, length);
            int count = parts.count(3);
            for (int i = 0; i < count; i++) {
                quote(parts.terminated(), i == 0 ? text : text.append(' '));
                int positions = parts.int16() & 0xFFFF;
                for (int j = 0; j < positions; j++) {
                    int position = parts.int16();
                    text.append(j == 0 ? ':' : ',').append(position & 0x3FFF).append(WEIGHTS[position >> 14 & 3]);
                }
            }
            parts.finish();
        }
    },
    /** Operators before their operands, the right one first. */
    TSQUERY {
        @Override
        public void append(byte[] buffer, int offset, int length, StringBuilder text) {
            Parts parts = new Parts(buffer, offset, length);
            if (parts.count(2) > 0) {
                text.append(operand(parts, -1, false, 0));
            }
            parts.finish();
        }
    };

    private static final String[] WEIGHTS = {"", "C", "B", "A"};
    private static final int VALUE = 1;
    private static final int NOT = 1;
    private static final int AND = 2;
    private static final int OR = 3;
    private static final int PHRASE = 4;
    private static final int DEEPEST = 1500;

    private static String operand(Parts parts, int outerPriority, boolean rightOfPhrase, int depth) {
        if (depth > DEEPEST) {
            throw new Malformed("a query nested too deeply");
        }
        if (parts.int8() == VALUE) {
            return value(parts);
        }
        int operator = parts.int8();
        int priority = priority(operator);
        String query;
        if (operator == NOT) {
            query = "!" + operand(parts, priority, false, depth + 1);
        } else {
            int distance = operator == PHRASE ? parts.int16() & 0xFFFF : 0;
            String right = operand(parts, priority, operator == PHRASE, depth + 1);
            String left = operand(parts, priority, false, depth + 1);
            query = left + name(operator, distance) + right;
        }
        boolean enclosed = priority < outerPriority || operator == PHRASE && rightOfPhrase;
        return enclosed ? "( " + query + " )" : query;
    }

    private static String value(Parts parts) {
        int weights = parts.int8();
        boolean prefix = parts.int8() != 0;
        StringBuilder text = new StringBuilder();
        quote(parts.terminated(), text);
        if (weights != 0 || prefix) {
            text.append(prefix ? ":*" : ":");
            for (int weight = 3; weight >= 0; weight--) {
                if ((weights >> weight & 1) != 0) {
                    text.append((char) ('D' - weight));
                }
            }
        }
        return text.toString();
    }

    private static int priority(int operator) {
        return switch (operator) {
            case NOT -> 4;
            case AND -> 2;
            case OR -> 1;
            case PHRASE -> 3;
            default -> throw new Malformed("an unknown operator");
        };
    }

    private static String name(int operator, int distance) {
        return switch (operator) {
            case AND -> " & ";
            case OR -> " | ";
            default -> distance == 1 ? " <-> " : " <" + distance + "> ";
        };
    }

    private static void quote(String lexeme, StringBuilder text) {
        text.append('\'');
        for (int i = 0; i < lexeme.length(); i++) {
            char character = lexeme.charAt(i);
            if (character == '\'' || character == '\\') {
                text.append(character);
            }
            text.append(character);
        }
        text.append('\'');
    }
}
