public import Primitives

/// Four words for a public key, as in `copper-lantern-otter-nine`, to be compared by voice.
///
/// They carry 32 bits. That is good against mix-ups: the wrong file, the wrong friend, a key that was
/// replaced by accident. It is **not** good against somebody who wants to be mistaken for a given
/// key: a machine that makes a hundred thousand keys a second finds one with the same four words in
/// about half a day. Whoever has an enemy compares the whole key, `vb1...`.
public enum FingerprintWords {
    /// Words shown for a key.
    public static let count = 4

    /// The words of an author's or a device's key.
    public static func of(_ key: PublicKey) -> String { words(of: "author", key.raw) }

    /// The words of a node's key: other words than an author key of the same bytes would have.
    public static func of(_ key: NodeKey) -> String { words(of: "node", key.raw) }

    private static func words(of kind: String, _ key: Bytes32) -> String {
        let message = Array("vouchbird fingerprint v1 \(kind)\n".utf8) + key.bytes
        return Ed25519Scheme().digest(message).bytes.prefix(count)
            .map { list[Int($0)] }.joined(separator: "-")
    }

    /// 256 words of four to eight letters. No two begin with the same four letters, so that four
    /// letters typed are enough, and pairs that sound alike on a bad line were left out. Frozen: a
    /// word that changed its place would give every key a new name.
    static let list: [String] = words.split(whereSeparator: \.isWhitespace).map(String.init)

    private static let words = """
        acorn agate alder almond amber anchor anvil apple apron arrow aspen atlas autumn
        bacon badger bagel bamboo banjo basil basket beacon beaver beetle bench berry birch
        biscuit blanket blossom bonfire bottle bramble bread bridge brook bubble bucket
        buffalo cabin cactus camel candle canoe canyon carrot castle cedar cello chalk
        cherry chimney cinnamon circle clover cobalt coffee comet copper coral cotton cradle
        cricket crystal cuckoo curtain cypress daisy desert diamond dolphin domino donkey
        dragon drum eagle echo elbow engine falcon feather fennel ferry fiddle finch flint
        flute forest fossil fountain freckle frost garden garlic gecko ginger glacier globe
        goblet goose granite gravel guitar hammer harbor harvest hazel heron hickory honey
        horizon hotel iceberg igloo indigo iris island ivory jacket jaguar jasmine jigsaw
        journal jungle juniper kayak kernel kettle kitten koala ladder lagoon lantern lemon
        lentil library lilac lizard lobster lotus magnet mango maple marble meadow mercury
        meteor mint mirror monkey morning mosaic mountain muffin mustard napkin needle
        nickel nine north nutmeg oasis oatmeal ocean olive onion opal orange orbit orchid
        osprey otter oyster palace panda parrot peach pebble pelican pepper piano pigeon
        pocket pony potato prairie pretzel pumpkin puzzle quail quartz quilt rabbit radish
        raven ribbon rocket rosemary ruby saddle saffron salmon sapphire satchel scarf seven
        shadow shell silver sketch snow sparrow spinach spruce squirrel sugar summer sunset
        swan table tango teapot temple thimble thunder tiger timber tomato topaz tractor
        trumpet tulip tundra turtle umbrella valley vanilla velvet violin volcano voyage
        waffle walnut walrus water whisker willow window winter wolf yacht yarrow yellow
        yogurt zebra zenith zinc
        """
}
