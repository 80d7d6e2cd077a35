;; Kernels on matrices of 32-bit floats, four numbers at a time. All counts and steps are integers; all addresses and
;; distances are in bytes. Compiled by tooling/kernels/main.ts into kernel-bytes.ts.
(module
  (memory (import "env" "memory") 1)

  ;; c += a · b. Rows are taken in fours and columns in eights, so `rows` and `columns` are multiples of these.
  ;; $aRow and $aStep: from a row of `a` to the next, and from a number of a row to the next (swapped for a transpose).
  (func (export "product")
    (param $a i32) (param $aRow i32) (param $aStep i32)
    (param $b i32) (param $bRow i32)
    (param $c i32) (param $cRow i32)
    (param $rows i32) (param $inner i32) (param $columns i32)
    (local $row i32) (local $column i32) (local $k i32)
    (local $bAt i32) (local $cAt i32)
    (local $a0 i32) (local $a1 i32) (local $a2 i32) (local $a3 i32)
    ;; the tile of 4 × 8 sums: $sum<row>l is its left half, $sum<row>r its right half
    (local $sum0l v128) (local $sum0r v128) (local $sum1l v128) (local $sum1r v128)
    (local $sum2l v128) (local $sum2r v128) (local $sum3l v128) (local $sum3r v128)
    (local $left v128) (local $right v128) (local $number v128)

    (local.set $row (i32.const 0))
    (block $rowsDone (loop $nextRows
      (br_if $rowsDone (i32.ge_s (local.get $row) (local.get $rows)))
      (local.set $column (i32.const 0))
      (block $columnsDone (loop $nextColumns
        (br_if $columnsDone (i32.ge_s (local.get $column) (local.get $columns)))

        ;; the tile's sums so far
        (local.set $cAt (i32.add
          (i32.add (local.get $c) (i32.mul (local.get $row) (local.get $cRow)))
          (i32.mul (local.get $column) (i32.const 4))))
        (local.set $sum0l (v128.load align=4 (local.get $cAt)))
        (local.set $sum0r (v128.load offset=16 align=4 (local.get $cAt)))
        (local.set $cAt (i32.add (local.get $cAt) (local.get $cRow)))
        (local.set $sum1l (v128.load align=4 (local.get $cAt)))
        (local.set $sum1r (v128.load offset=16 align=4 (local.get $cAt)))
        (local.set $cAt (i32.add (local.get $cAt) (local.get $cRow)))
        (local.set $sum2l (v128.load align=4 (local.get $cAt)))
        (local.set $sum2r (v128.load offset=16 align=4 (local.get $cAt)))
        (local.set $cAt (i32.add (local.get $cAt) (local.get $cRow)))
        (local.set $sum3l (v128.load align=4 (local.get $cAt)))
        (local.set $sum3r (v128.load offset=16 align=4 (local.get $cAt)))

        ;; four rows of `a`, and the columns of `b`
        (local.set $a0 (i32.add (local.get $a) (i32.mul (local.get $row) (local.get $aRow))))
        (local.set $a1 (i32.add (local.get $a) (i32.mul (i32.add (local.get $row) (i32.const 1)) (local.get $aRow))))
        (local.set $a2 (i32.add (local.get $a) (i32.mul (i32.add (local.get $row) (i32.const 2)) (local.get $aRow))))
        (local.set $a3 (i32.add (local.get $a) (i32.mul (i32.add (local.get $row) (i32.const 3)) (local.get $aRow))))
        (local.set $bAt (i32.add (local.get $b) (i32.mul (local.get $column) (i32.const 4))))

        (local.set $k (i32.const 0))
        (block $sumDone (loop $nextTerm
          (br_if $sumDone (i32.ge_s (local.get $k) (local.get $inner)))
          (local.set $left (v128.load align=4 (local.get $bAt)))
          (local.set $right (v128.load offset=16 align=4 (local.get $bAt)))

          (local.set $number (v128.load32_splat (local.get $a0)))
          (local.set $sum0l (f32x4.add (local.get $sum0l) (f32x4.mul (local.get $number) (local.get $left))))
          (local.set $sum0r (f32x4.add (local.get $sum0r) (f32x4.mul (local.get $number) (local.get $right))))
          (local.set $a0 (i32.add (local.get $a0) (local.get $aStep)))

          (local.set $number (v128.load32_splat (local.get $a1)))
          (local.set $sum1l (f32x4.add (local.get $sum1l) (f32x4.mul (local.get $number) (local.get $left))))
          (local.set $sum1r (f32x4.add (local.get $sum1r) (f32x4.mul (local.get $number) (local.get $right))))
          (local.set $a1 (i32.add (local.get $a1) (local.get $aStep)))

          (local.set $number (v128.load32_splat (local.get $a2)))
          (local.set $sum2l (f32x4.add (local.get $sum2l) (f32x4.mul (local.get $number) (local.get $left))))
          (local.set $sum2r (f32x4.add (local.get $sum2r) (f32x4.mul (local.get $number) (local.get $right))))
          (local.set $a2 (i32.add (local.get $a2) (local.get $aStep)))

          (local.set $number (v128.load32_splat (local.get $a3)))
          (local.set $sum3l (f32x4.add (local.get $sum3l) (f32x4.mul (local.get $number) (local.get $left))))
          (local.set $sum3r (f32x4.add (local.get $sum3r) (f32x4.mul (local.get $number) (local.get $right))))
          (local.set $a3 (i32.add (local.get $a3) (local.get $aStep)))

          (local.set $bAt (i32.add (local.get $bAt) (local.get $bRow)))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br $nextTerm)))

        (local.set $cAt (i32.add
          (i32.add (local.get $c) (i32.mul (local.get $row) (local.get $cRow)))
          (i32.mul (local.get $column) (i32.const 4))))
        (v128.store align=4 (local.get $cAt) (local.get $sum0l))
        (v128.store offset=16 align=4 (local.get $cAt) (local.get $sum0r))
        (local.set $cAt (i32.add (local.get $cAt) (local.get $cRow)))
        (v128.store align=4 (local.get $cAt) (local.get $sum1l))
        (v128.store offset=16 align=4 (local.get $cAt) (local.get $sum1r))
        (local.set $cAt (i32.add (local.get $cAt) (local.get $cRow)))
        (v128.store align=4 (local.get $cAt) (local.get $sum2l))
        (v128.store offset=16 align=4 (local.get $cAt) (local.get $sum2r))
        (local.set $cAt (i32.add (local.get $cAt) (local.get $cRow)))
        (v128.store align=4 (local.get $cAt) (local.get $sum3l))
        (v128.store offset=16 align=4 (local.get $cAt) (local.get $sum3r))

        (local.set $column (i32.add (local.get $column) (i32.const 8)))
        (br $nextColumns)))
      (local.set $row (i32.add (local.get $row) (i32.const 4)))
      (br $nextRows))))

  ;; Adds scaled rows to sums, as a list of notes says. A note has three words: the address of the sum, the address of
  ;; the row to add to it, and the factor of the row.
  (func (export "addRows") (param $note i32) (param $notes i32) (param $rowBytes i32)
    (local $n i32) (local $offset i32) (local $sum i32) (local $row i32) (local $factor v128)

    (local.set $n (i32.const 0))
    (block $done (loop $next
      (br_if $done (i32.ge_s (local.get $n) (local.get $notes)))
      (local.set $sum (i32.load (local.get $note)))
      (local.set $row (i32.load offset=4 (local.get $note)))
      (local.set $factor (v128.load32_splat offset=8 (local.get $note)))

      (local.set $offset (i32.const 0))
      (block $rowDone (loop $nextFour
        (br_if $rowDone (i32.ge_s (local.get $offset) (local.get $rowBytes)))
        (v128.store align=4 (local.get $sum)
          (f32x4.add
            (v128.load align=4 (local.get $sum))
            (f32x4.mul (v128.load align=4 (local.get $row)) (local.get $factor))))
        (local.set $sum (i32.add (local.get $sum) (i32.const 16)))
        (local.set $row (i32.add (local.get $row) (i32.const 16)))
        (local.set $offset (i32.add (local.get $offset) (i32.const 16)))
        (br $nextFour)))

      (local.set $note (i32.add (local.get $note) (i32.const 12)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br $next))))

  ;; For each row: writes its largest number (four times), then a byte for each four numbers, in which the bits of those
  ;; numbers are set that are not below the largest one minus the number at $limit.
  (func (export "findNear")
    (param $from i32) (param $rows i32) (param $rowBytes i32) (param $out i32) (param $outBytes i32) (param $limit i32)
    (local $n i32) (local $offset i32) (local $mark i32) (local $top v128) (local $least v128)

    (local.set $n (i32.const 0))
    (block $done (loop $next
      (br_if $done (i32.ge_s (local.get $n) (local.get $rows)))

      ;; the largest of each fourth number, then of all four
      (local.set $top (v128.load align=4 (local.get $from)))
      (local.set $offset (i32.const 0))
      (block $topDone (loop $nextTop
        (br_if $topDone (i32.ge_s (local.get $offset) (local.get $rowBytes)))
        (local.set $top (f32x4.max
          (local.get $top)
          (v128.load align=4 (i32.add (local.get $from) (local.get $offset)))))
        (local.set $offset (i32.add (local.get $offset) (i32.const 16)))
        (br $nextTop)))
      (local.set $top (f32x4.max (local.get $top)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $top) (local.get $top))))
      (local.set $top (f32x4.max (local.get $top)
        (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $top) (local.get $top))))
      (v128.store align=4 (local.get $out) (local.get $top))
      (local.set $least (f32x4.sub (local.get $top) (v128.load32_splat (local.get $limit))))

      (local.set $mark (local.get $out))
      (local.set $offset (i32.const 0))
      (block $marksDone (loop $nextMark
        (br_if $marksDone (i32.ge_s (local.get $offset) (local.get $rowBytes)))
        (i32.store8 offset=16 (local.get $mark)
          (i32x4.bitmask (f32x4.ge
            (v128.load align=4 (i32.add (local.get $from) (local.get $offset)))
            (local.get $least))))
        (local.set $mark (i32.add (local.get $mark) (i32.const 1)))
        (local.set $offset (i32.add (local.get $offset) (i32.const 16)))
        (br $nextMark)))

      (local.set $from (i32.add (local.get $from) (local.get $rowBytes)))
      (local.set $out (i32.add (local.get $out) (local.get $outBytes)))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br $next))))
)
