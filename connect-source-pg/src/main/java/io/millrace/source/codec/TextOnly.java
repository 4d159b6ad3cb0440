package io.millrace.source.codec;

/** A decoder of text for a type whose binary form is not understood, whatever the decoder makes of binary values. */
record TextOnly(ValueDecoder decoder) implements ValueDecoder {
    @Override
    public boolean readsBinary() {
        return false;
    }

    @Override
    public Object binary(byte[] buffer, int offset, int length) {
        throw new Malformed("only the text form is understood");
    }

    @Override
    public Object text(byte[] buffer, int offset, int length) {
        return decoder.text(buffer, offset, length);
    }
}
