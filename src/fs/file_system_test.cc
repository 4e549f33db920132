// SPDX-License-Identifier: Apache-2.0
#include "fs/file_system.h"

#include <functional>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include "fs/fault_file_system.h"
#include "fs/memory_file_system.h"
#include "fs/real_file_system.h"

namespace orrery::fs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One file system under test, with a fresh directory in it.
struct Subject {
  virtual ~Subject() = default;
  virtual FileSystem& fs() = 0;
  std::string directory = "/root/of/test";
};

struct RealSubject final : Subject {
  RealSubject() {
    std::string pattern = testing::TempDir() + "/orrery-fs-XXXXXX";
    directory = ::mkdtemp(pattern.data());
  }
  ~RealSubject() override { EXPECT_TRUE(real.RemoveAll(directory).ok()); }
  FileSystem& fs() override { return real; }
  RealFileSystem real;
};

struct MemorySubject final : Subject {
  MemorySubject() { EXPECT_TRUE(memory.CreateDirectories(directory).ok()); }
  FileSystem& fs() override { return memory; }
  MemoryFileSystem memory;
};

struct FaultSubject final : Subject {
  FaultSubject() : faulty(memory) { EXPECT_TRUE(faulty.CreateDirectories(directory).ok()); }
  FileSystem& fs() override { return faulty; }
  MemoryFileSystem memory;
  FaultFileSystem faulty;
};

using MakeSubject = std::unique_ptr<Subject> (*)();

class FileSystemTest : public testing::TestWithParam<MakeSubject> {
 protected:
  FileSystem& fs() { return subject_->fs(); }
  std::string Path(const std::string& name) { return subject_->directory + "/" + name; }
  void Write(const std::string& name, std::string_view bytes) {
    auto file = fs().Create(Path(name));
    ASSERT_TRUE(file.ok()) << file.status().ToString();
    ASSERT_TRUE((*file)->Append(bytes).ok());
    ASSERT_TRUE((*file)->Close().ok());
  }
  std::string Contents(const std::string& name) {
    auto bytes = ReadWhole(fs(), Path(name));
    return bytes.ok() ? *bytes : bytes.status().ToString();
  }
  std::vector<std::string> Names() { return *fs().List(subject_->directory); }

  std::unique_ptr<Subject> subject_ = GetParam()();
};

template <typename T>
std::unique_ptr<Subject> Make() {
  return std::make_unique<T>();
}

std::string NameOf(const testing::TestParamInfo<MakeSubject>& info) {
  const char* const names[] = {"Real", "Memory", "Fault"};
  return names[info.index];
}

INSTANTIATE_TEST_SUITE_P(All, FileSystemTest,
                         testing::Values(&Make<RealSubject>, &Make<MemorySubject>,
                                         &Make<FaultSubject>),
                         NameOf);

TEST_P(FileSystemTest, AppendsAreReadBackAtAnyPlace) {
  Write("a", "hello ");
  auto file = fs().OpenAppend(Path("a"));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Append("world").ok());
  ASSERT_TRUE((*file)->Sync().ok());
  EXPECT_EQ(Contents("a"), "hello world");
  auto reader = fs().OpenRead(Path("a"));
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->size(), 11u);
  EXPECT_EQ(*(*reader)->Read(6, 5), "world");
  EXPECT_EQ(*(*reader)->Read(11, 0), "");
  EXPECT_EQ((*reader)->Read(7, 5).status().code(), StatusCode::kCorruption);
  EXPECT_EQ((*reader)->Read(UINT64_MAX, 5).status().code(), StatusCode::kCorruption);
}

TEST_P(FileSystemTest, CreateEmptiesAFileThatIsThere) {
  Write("a", "old");
  Write("a", "");
  EXPECT_EQ(Contents("a"), "");
}

TEST_P(FileSystemTest, WhatIsNotThereIsNotFound) {
  EXPECT_EQ(fs().OpenRead(Path("no")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(fs().OpenAppend(Path("no")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(fs().Create(Path("no/file")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(fs().Truncate(Path("no"), 0).code(), StatusCode::kNotFound);
  EXPECT_EQ(fs().Rename(Path("no"), Path("new")).code(), StatusCode::kNotFound);
  EXPECT_EQ(fs().Remove(Path("no")).code(), StatusCode::kNotFound);
  EXPECT_EQ(fs().Size(Path("no")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(fs().List(Path("no")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(fs().SyncDirectory(Path("no")).code(), StatusCode::kNotFound);
  EXPECT_FALSE(*fs().Exists(Path("no")));
  EXPECT_TRUE(fs().RemoveAll(Path("no")).ok());
}

TEST_P(FileSystemTest, ListIsSortedAndBare) {
  ASSERT_TRUE(fs().CreateDirectories(Path("m/deep/er")).ok());
  Write("z", "");
  Write("m/inside", "");
  Write("a", "");
  EXPECT_THAT(Names(), ElementsAre("a", "m", "z"));
}

TEST_P(FileSystemTest, RenameReplacesFilesAndMovesDirectories) {
  Write("a", "new");
  Write("b", "old");
  ASSERT_TRUE(fs().Rename(Path("a"), Path("b")).ok());
  EXPECT_EQ(Contents("b"), "new");
  ASSERT_TRUE(fs().CreateDirectories(Path("d")).ok());
  Write("d/f", "inside");
  ASSERT_TRUE(fs().Rename(Path("d"), Path("e")).ok());
  EXPECT_EQ(Contents("e/f"), "inside");
  EXPECT_THAT(Names(), ElementsAre("b", "e"));
}

TEST_P(FileSystemTest, RemoveAllTakesWhatIsInside) {
  ASSERT_TRUE(fs().CreateDirectories(Path("d/e")).ok());
  Write("d/e/f", "x");
  EXPECT_FALSE(fs().Remove(Path("d")).ok());
  EXPECT_TRUE(fs().RemoveAll(Path("d")).ok());
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_P(FileSystemTest, TruncateCutsAndAppendGoesOnThere) {
  Write("a", "hello world");
  auto file = fs().OpenAppend(Path("a"));
  ASSERT_TRUE(fs().Truncate(Path("a"), 5).ok());
  ASSERT_TRUE((*file)->Append("!").ok());
  EXPECT_EQ(Contents("a"), "hello!");
  EXPECT_EQ(*fs().Size(Path("a")), 6u);
}

TEST_P(FileSystemTest, WriteAtomicallyLeavesNothingAside) {
  ASSERT_TRUE(WriteAtomically(fs(), Path("manifest"), "one").ok());
  ASSERT_TRUE(WriteAtomically(fs(), Path("manifest"), "two").ok());
  EXPECT_EQ(Contents("manifest"), "two");
  EXPECT_THAT(Names(), ElementsAre("manifest"));
}

TEST_P(FileSystemTest, LockKeepsASecondOneOutAndNamesTheHolder) {
  auto first = fs().Lock(subject_->directory);
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  const Status second = fs().Lock(subject_->directory).status();
  EXPECT_EQ(second.code(), StatusCode::kUnavailable);
  EXPECT_THAT(second.ToString(), HasSubstr("is in use by process "));
  first->reset();
  EXPECT_TRUE(fs().Lock(subject_->directory).ok());
}

TEST_P(FileSystemTest, FreeBytesAreKnown) { EXPECT_GT(*fs().FreeBytes(subject_->directory), 0u); }

TEST(MemoryFileSystemTest, ALeadingDotChangesNoPath) {
  MemoryFileSystem fs;
  ASSERT_TRUE(fs.Create("a").ok());
  EXPECT_TRUE(fs.OpenRead("./a").ok());
  EXPECT_THAT(*fs.List("."), testing::ElementsAre("a"));
}

TEST(RealFileSystemTest, LockNamesThisProcess) {
  RealSubject subject;
  auto held = subject.real.Lock(subject.directory);
  ASSERT_TRUE(held.ok());
  EXPECT_THAT(subject.real.Lock(subject.directory).status().ToString(),
              HasSubstr("process " + std::to_string(::getpid())));
}

TEST(RealFileSystemTest, FullDiskIsUnavailable) {
  RealFileSystem real;
  auto file = real.OpenAppend("/dev/full");
  ASSERT_TRUE(file.ok());
  const Status status = (*file)->Append("x");
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_THAT(status.ToString(), HasSubstr("disk is full"));
}

class PowerLossTest : public testing::Test {
 protected:
  PowerLossTest() {
    EXPECT_TRUE(fs_.CreateDirectories("/d").ok());
    EXPECT_TRUE(fs_.SyncDirectory("/").ok());
    file_ = *fs_.Create("/d/f");
  }
  MemoryFileSystem fs_;
  std::unique_ptr<AppendFile> file_;
};

TEST_F(PowerLossTest, UnsyncedBytesAreForgotten) {
  ASSERT_TRUE(file_->Append("kept").ok());
  ASSERT_TRUE(file_->Sync().ok());
  ASSERT_TRUE(fs_.SyncDirectory("/d").ok());
  ASSERT_TRUE(file_->Append(" lost").ok());
  fs_.LosePower();
  EXPECT_EQ(*ReadWhole(fs_, "/d/f"), "kept");
}

TEST_F(PowerLossTest, AnUnsyncedEndMayBeTorn) {
  ASSERT_TRUE(file_->Append("kept").ok());
  ASSERT_TRUE(file_->Sync().ok());
  ASSERT_TRUE(fs_.SyncDirectory("/d").ok());
  const std::string tail(1000, 'x');
  ASSERT_TRUE(file_->Append(tail).ok());
  fs_.LosePower(7);
  const std::string left = *ReadWhole(fs_, "/d/f");
  EXPECT_TRUE(("kept" + tail).starts_with(left));
  EXPECT_GT(left.size(), 4u);
}

TEST_F(PowerLossTest, EntriesOfAnUnsyncedDirectoryAreForgotten) {
  ASSERT_TRUE(file_->Sync().ok());
  fs_.LosePower();
  EXPECT_FALSE(*fs_.Exists("/d/f"));
  EXPECT_TRUE(*fs_.Exists("/d"));
}

TEST_F(PowerLossTest, AnUnsyncedRemovalComesBack) {
  ASSERT_TRUE(file_->Sync().ok());
  ASSERT_TRUE(fs_.SyncDirectory("/d").ok());
  ASSERT_TRUE(fs_.Remove("/d/f").ok());
  fs_.LosePower();
  EXPECT_TRUE(*fs_.Exists("/d/f"));
}

TEST_F(PowerLossTest, ARenameThatWasSyncedStays) {
  ASSERT_TRUE(WriteAtomically(fs_, "/d/m", "one").ok());
  ASSERT_TRUE(WriteAtomically(fs_, "/d/m", "two").ok());
  fs_.LosePower();
  EXPECT_EQ(*ReadWhole(fs_, "/d/m"), "two");
  EXPECT_THAT(*fs_.List("/d"), ElementsAre("f", "m"));
}

TEST_F(PowerLossTest, DeathOfTheProcessKeepsBytesAndFreesLocks) {
  auto held = fs_.Lock("/d");
  ASSERT_TRUE(file_->Append("kept").ok());
  fs_.KillProcess();
  EXPECT_EQ(*ReadWhole(fs_, "/d/f"), "kept");
  EXPECT_FALSE(file_->Append("from beyond").ok());
  EXPECT_TRUE(fs_.Lock("/d").ok());
}

class FaultTest : public testing::Test {
 protected:
  MemoryFileSystem memory_;
  FaultFileSystem fs_{memory_};
};

TEST_F(FaultTest, FullDiskTakesWhatFitsAndRecovers) {
  fs_.SetFreeBytes(3);
  auto file = *fs_.Create("f");
  EXPECT_EQ(file->Append("hello").code(), StatusCode::kUnavailable);
  EXPECT_EQ(*ReadWhole(fs_, "f"), "hel");
  fs_.SetFreeBytes(100);
  EXPECT_TRUE(file->Append("p").ok());
  EXPECT_EQ(*ReadWhole(fs_, "f"), "help");
}

TEST_F(FaultTest, ChangesFailFromTheOneAskedFor) {
  fs_.FailFrom(3);
  auto file = *fs_.Create("f");
  EXPECT_TRUE(file->Append("whole").ok());
  EXPECT_EQ(file->Append("half").code(), StatusCode::kInternal);
  EXPECT_EQ(*ReadWhole(fs_, "f"), "wholeha");
  EXPECT_EQ(fs_.Remove("f").code(), StatusCode::kInternal);
  EXPECT_EQ(fs_.changes(), 4u);
}

TEST_F(FaultTest, OneSyncFails) {
  auto file = *fs_.Create("f");
  fs_.FailSync(2);
  EXPECT_TRUE(file->Sync().ok());
  EXPECT_FALSE(file->Sync().ok());
  EXPECT_TRUE(file->Sync().ok());
}

}  // namespace
}  // namespace orrery::fs
