package dev.coracle.layers;

/// What an entry is.
enum EntryType {
    FILE('0'),
    HARD_LINK('1'),
    SYMLINK('2'),
    CHARACTER_DEVICE('3'),
    BLOCK_DEVICE('4'),
    DIRECTORY('5'),
    FIFO('6');

    private final char flag;

    EntryType(char flag) {
        this.flag = flag;
    }

    /// The letter in the header.
    char flag() {
        return flag;
    }
}
