"""Drives a node on regtest by python-bitcoinlib: mines to a key of its own, signs and sends a transaction, builds and hands in a block.

Called as: drive.py http://user:password@host:port CONF, where CONF is a bitcoin.conf that names the port and beside which the cookie's
folder lies. Ends with 0, or with what was wrong on standard error.
"""

import sys
from itertools import count

import bitcoin.rpc
from bitcoin.core import COIN, CBlock, CMutableTransaction, CMutableTxIn, CMutableTxOut, COutPoint, b2lx, lx
from bitcoin.core.script import OP_TRUE, SIGHASH_ALL, CScript, SignatureHash
from bitcoin.core.scripteval import SCRIPT_VERIFY_P2SH, VerifyScript
from bitcoin.core.serialize import uint256_from_compact
from bitcoin.wallet import CBitcoinSecret, P2PKHBitcoinAddress

NOWHERE = b'\x11' * 32


def fails(kind, work):
    """Whether a call fails with this kind of error; any other goes on."""
    try:
        work()
    except kind:
        return True
    return False


def spend(secret, outpoint, amount):
    """A signed transaction that pays a coin of the key back to it."""
    script = P2PKHBitcoinAddress.from_pubkey(secret.pub).to_scriptPubKey()
    tx = CMutableTransaction([CMutableTxIn(outpoint)], [CMutableTxOut(amount, script)])
    signature = secret.sign(SignatureHash(script, tx, 0, SIGHASH_ALL)) + bytes([SIGHASH_ALL])
    tx.vin[0].scriptSig = CScript([signature, secret.pub])
    VerifyScript(tx.vin[0].scriptSig, script, tx, 0, (SCRIPT_VERIFY_P2SH,))
    return tx


def mine_and_spend(node):
    """From the first block to a spent coin."""
    secret = CBitcoinSecret.from_secret_bytes(b'\x01' * 32)
    address = P2PKHBitcoinAddress.from_pubkey(secret.pub)
    assert node.getblockcount() == 0
    hashes = list(node.generatetoaddress(101, address))
    assert node.getblockcount() == 101 and node.getbestblockhash() == hashes[-1] and node.getblockhash(1) == hashes[0]
    paid = node.getblock(hashes[0]).vtx[0]
    outpoint = COutPoint(paid.GetTxid(), 0)
    found = node.gettxout(outpoint)
    assert found['txout'] == paid.vout[0] and found['confirmations'] == 101 and found['txout'].nValue == 50 * COIN

    tx = spend(secret, outpoint, 50 * COIN - 10_000)
    assert node.sendrawtransaction(tx) == tx.GetTxid()
    assert node.getrawmempool() == [tx.GetTxid()]
    entry = node.getrawmempool(verbose=True)[b2lx(tx.GetTxid())]
    assert entry['fees']['base'] * COIN == 10_000, entry
    assert node.getrawtransaction(tx.GetTxid()) == tx
    assert fails(IndexError, lambda: node.gettxout(outpoint))

    broken = spend(secret, outpoint, 50 * COIN - 50_000)
    broken.vin[0].scriptSig = CScript([b'\x30' * 70, secret.pub])
    assert fails(bitcoin.rpc.VerifyRejectedError, lambda: node.sendrawtransaction(broken))
    missing = spend(secret, COutPoint(NOWHERE, 0), COIN)
    assert fails(bitcoin.rpc.VerifyError, lambda: node.sendrawtransaction(missing))

    last, = node.generatetoaddress(1, address)
    told = node.getrawtransaction(tx.GetTxid(), verbose=True, block_hash=last)
    assert told['tx'] == tx and told['confirmations'] == 1 and told['blockhash'] == last
    assert fails(bitcoin.rpc.VerifyAlreadyInChainError, lambda: node.sendrawtransaction(tx))
    assert node.getblockheader(last, verbose=True)['height'] == 102
    assert node.getblockheader(last).hashPrevBlock == hashes[-1]
    return last


def hand_in_again(node, last):
    """Leaves the last block, and hands it in again."""
    block = node.getblock(last)
    node.call('invalidateblock', b2lx(last))
    assert node.getbestblockhash() == block.hashPrevBlock
    assert node.submitblock(block) == 'duplicate-invalid'
    node.call('reconsiderblock', b2lx(last))
    assert node.getbestblockhash() == last and node.submitblock(block) == 'duplicate'


def build_a_block(node, last):
    """A block with nothing but its coinbase, made here; one that breaks a rule before it."""
    header = node.getblockheader(last)
    for value, answer in ((50 * COIN + 1, 'bad-cb-amount'), (50 * COIN, None)):
        coinbase = CMutableTransaction([CMutableTxIn(COutPoint(), CScript([103, 0]))], [CMutableTxOut(value, CScript([OP_TRUE]))])
        blocks = (CBlock(header.nVersion, last, coinbase.GetTxid(), header.nTime + 1, header.nBits, nonce, [coinbase]) for nonce in count())
        block = next(block for block in blocks if int.from_bytes(block.GetHash(), 'little') <= uint256_from_compact(header.nBits))
        told = node.submitblock(block)
        assert told == answer, told
    assert node.getbestblockhash() == block.GetHash() and node.getblockcount() == 103


def main(url, conf):
    bitcoin.SelectParams('regtest')
    node = bitcoin.rpc.Proxy(url, timeout=120)
    last = mine_and_spend(node)
    hand_in_again(node, last)
    build_a_block(node, last)
    assert fails(IndexError, lambda: node.getblock(NOWHERE)) and fails(IndexError, lambda: node.getblockhash(104))
    assert fails(IndexError, lambda: node.getrawtransaction(lx('22' * 32)))
    valid = node.validateaddress('mrX9vMRYLfVy1BnZbc5gZjuyaqH3ZW2ZHz')
    assert valid['isvalid'] and str(valid['address']) == 'mrX9vMRYLfVy1BnZbc5gZjuyaqH3ZW2ZHz'

    # The same by the cookie, which is found beside the file, and without any conversion.
    raw = bitcoin.rpc.RawProxy(btc_conf_file=conf, timeout=120)
    assert raw.getblockchaininfo()['blocks'] == 103
    assert fails(bitcoin.rpc.InvalidParameterError, lambda: raw.getblockhash(104))
    first, unknown = raw._batch([
        {'version': '1.1', 'method': 'getblockcount', 'params': [], 'id': 1},
        {'version': '1.1', 'method': 'nosuchmethod', 'params': [], 'id': 2},
    ])
    assert first['result'] == 103 and unknown['error']['code'] == -32601, (first, unknown)
    assert raw.stop() == 'quoin stopping'


main(*sys.argv[1:])
